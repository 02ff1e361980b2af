package mem

type BufferPool interface {
	Get(length int) *[]byte
	Put(*[]byte)
}
