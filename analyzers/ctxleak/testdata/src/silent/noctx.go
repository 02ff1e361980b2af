package silent

// Functions of the same names in other packages are nobody's business.

type fake struct{}

func (fake) WithCancel(parent any) (any, func()) { return parent, func() {} }

func okOtherWithCancel(context fake) {
	ctx, _ := context.WithCancel(nil)
	_ = ctx
}
