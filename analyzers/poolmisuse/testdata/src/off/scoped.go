package off

import "github.com/gin-gonic/gin"

func audit(*gin.Context) {}

func handler(c *gin.Context) {
	go audit(c) // want `the goroutine keeps c, which its framework gives to another request`
}

func closureHandler(c *gin.Context) {
	go func() { audit(c) }() // want `the goroutine keeps c`
}

func okHandler(c *gin.Context) {
	go audit(c.Copy()) // ok
}
