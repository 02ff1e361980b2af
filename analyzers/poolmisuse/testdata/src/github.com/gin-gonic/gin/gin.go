package gin

type Context struct{ Keys map[string]any }

func (c *Context) Copy() *Context { return &Context{} }
