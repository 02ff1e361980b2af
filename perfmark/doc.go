// Package perfmark counts and times places in a running program, called
// sites, cheaply enough to leave it in production: a mark on a call costs
// less than twenty nanoseconds and allocates nothing.
//
// perflint mark places marks by the syntax of a program, and joins what they
// count with its findings. They can be written by hand as well:
//
//	var sites = [...]perfmark.Site{
//		{Kind: "handler", Func: "shop.Orders", File: "shop/orders.go", Line: 12},
//		{Kind: "db_query", Func: "shop.Orders", File: "shop/orders.go", Line: 20},
//	}
//
//	func init() { perfmark.Register(sites[:]) }
//
//	func Orders(w http.ResponseWriter, r *http.Request) {
//		defer perfmark.Enter(&sites[0]).Exit()
//		rows, err := perfmark.E1(...)
//	}
//
// # What is exact and what is estimated
//
// Every execution is counted. Of slow sites (a mean above 16 µs) every
// execution is timed, of faster ones a random sample, of which each member
// counts for the executions that it stands for; sums, means and quantiles are
// estimates then, free of bias because chance does not look at the duration.
// Times are kept in a histogram whose buckets are at most 12.5 % wide, so a
// quantile is off by at most that, and by half of it on average.
//
// An execution that ends in a panic is counted. It is timed only where the
// mark is deferred.
//
// # Cost
//
// Timing every call of a fast function is not possible in 20 ns: reading the
// clock twice takes longer than that. Sampling is what makes it possible.
// [Hit] counts only, and stays small enough to be inlined.
//
// The package depends on the standard library alone, and not on net/http, so
// that any program can be marked; package perfmarkhttp serves what it knows.
package perfmark
