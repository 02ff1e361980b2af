package perfmark

import (
	"math/bits"
	"sync/atomic"
)

// A timing is what is known of the durations of a site.
type timing struct {
	timed atomic.Uint64 // executions that were timed
	total atomic.Uint64 // estimated sum over all executions, in nanoseconds
	max   atomic.Int64  // longest that was timed

	recent atomic.Int64 // sum since the last review of the rate

	nested nested // of handlers

	buckets [buckets]atomic.Uint64 // estimated executions by duration
}

const (
	subBits     = 3  // each power of two is divided into 8 buckets: at most 12.5 % wide
	octaves     = 40 // up to 2^40 ns, 18 minutes; longer ones are in the last bucket
	buckets     = (octaves - subBits + 1) << subBits
	reviewEvery = 128 // timed executions between two reviews of the rate
)

// bucket returns the number of the bucket for a duration.
func bucket(d int64) int {
	if d < 1<<subBits {
		return int(max(d, 0))
	}
	exp := bits.Len64(uint64(d)) - 1
	if exp >= octaves {
		return buckets - 1
	}
	sub := int(d>>(exp-subBits)) & (1<<subBits - 1)
	return (exp-subBits+1)<<subBits | sub
}

// lower returns the shortest duration in a bucket.
func lower(i int) int64 {
	if i < 1<<subBits {
		return int64(i)
	}
	exp := i>>subBits + subBits - 1
	return int64(1<<subBits|i&(1<<subBits-1)) << (exp - subBits)
}

// add notes a duration that stands for some executions. It returns how many
// were timed so far.
func (t *timing) add(d int64, weight uint64) uint64 {
	d = max(d, 0)
	t.buckets[bucket(d)].Add(weight)
	t.total.Add(uint64(d) * weight)
	t.recent.Add(d)
	for {
		have := t.max.Load()
		if d <= have || t.max.CompareAndSwap(have, d) {
			break
		}
	}
	return t.timed.Add(1)
}

// rate returns the mask for executions to come, by the mean of those since
// the last review: reading the clock is nothing to a query, but more than a
// map access takes.
func (t *timing) rate() uint32 {
	switch mean := t.recent.Swap(0) / reviewEvery; {
	case mean > 16_000:
		return 0
	case mean > 4_000:
		return 7
	}
	return 31
}

// quantile returns the duration below which a share q of the executions lies:
// the middle of its bucket, and never more than the longest that was timed.
func (t *timing) quantile(q float64) int64 {
	var all uint64
	for i := range t.buckets {
		all += t.buckets[i].Load()
	}
	if all == 0 {
		return 0
	}
	rank := uint64(q * float64(all))
	var below uint64
	for i := range t.buckets {
		if below += t.buckets[i].Load(); below > rank || below == all {
			middle := lower(i)
			if i < buckets-1 {
				middle = (lower(i) + lower(i+1)) / 2
			}
			return min(middle, t.max.Load())
		}
	}
	return t.max.Load()
}
