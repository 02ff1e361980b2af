// A function without a body is one of assembly, so that the package needs a file of it.
