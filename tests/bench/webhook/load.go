// The load generator: posts distinct bodies over keep-alive connections for a while, and prints what it saw as one line of JSON.
//
// Usage: load HOST:PORT BODY_FILE CONNECTIONS SECONDS FIRST
//
// Every run of "@" in the body is replaced by a number of that width, counted up from FIRST, so that no body comes twice.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// One thread: it must leave the machine to the receiver, and the same to every receiver.
const threads = 1

type result struct {
	Requests int     `json:"requests"`
	Failed   int     `json:"failed"`
	Why      string  `json:"why"`
	Seconds  float64 `json:"seconds"`
	P50Ms    float64 `json:"p50Ms"`
	P99Ms    float64 `json:"p99Ms"`
}

type connection struct {
	address string
	request []byte
	holes   [][2]int
	socket  net.Conn
	reader  *bufio.Reader
	taken   []time.Duration
	failed  int
	why     string
}

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: load HOST:PORT BODY_FILE CONNECTIONS SECONDS FIRST")
		os.Exit(2)
	}
	runtime.GOMAXPROCS(threads)
	body, err := os.ReadFile(os.Args[2])
	check(err)
	count, err := strconv.Atoi(os.Args[3])
	check(err)
	seconds, err := strconv.ParseFloat(os.Args[4], 64)
	check(err)
	first, err := strconv.ParseInt(os.Args[5], 10, 64)
	check(err)

	var number atomic.Int64
	number.Store(first)
	var group sync.WaitGroup
	connections := make([]*connection, count)
	started := time.Now()
	deadline := started.Add(time.Duration(seconds * float64(time.Second)))
	for i := range connections {
		c := newConnection(os.Args[1], body)
		connections[i] = c
		group.Go(func() {
			for time.Now().Before(deadline) {
				c.post(number.Add(1))
			}
			c.close()
		})
	}
	group.Wait()
	report(connections, time.Since(started))
}

func newConnection(address string, body []byte) *connection {
	head := fmt.Sprintf("POST /webhook HTTP/1.1\r\nHost: %s\r\nUser-Agent: Alertmanager/0.34.0\r\nContent-Length: %d\r\nContent-Type: application/json\r\n\r\n", address, len(body))
	request := append([]byte(head), body...)
	c := &connection{address: address, request: request}
	for at := len(head); at < len(request); at++ {
		end := at
		for end < len(request) && request[end] == '@' {
			end++
		}
		if end > at {
			c.holes = append(c.holes, [2]int{at, end})
			at = end
		}
	}
	return c
}

// A receiver that closes after each answer costs its sender a new connection each time: that counts.
func (c *connection) post(number int64) {
	for _, hole := range c.holes {
		for at, left := hole[1]-1, number; at >= hole[0]; at-- {
			c.request[at] = byte('0' + left%10)
			left /= 10
		}
	}
	started := time.Now()
	if err := c.exchange(); err != nil {
		c.failed++
		c.why = err.Error()
		c.close()
		return
	}
	c.taken = append(c.taken, time.Since(started))
}

func (c *connection) exchange() error {
	if c.socket == nil {
		socket, err := net.Dial("tcp", c.address)
		if err != nil {
			return err
		}
		c.socket = socket
		c.reader = bufio.NewReader(socket)
	}
	if _, err := c.socket.Write(c.request); err != nil {
		return err
	}
	return c.answer()
}

func (c *connection) answer() error {
	status, err := c.reader.ReadString('\n')
	if err != nil {
		return err
	}
	keep := strings.HasPrefix(status, "HTTP/1.1")
	length := -1
	for {
		line, err := c.reader.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch {
		case strings.EqualFold(name, "Content-Length"):
			if length, err = strconv.Atoi(value); err != nil {
				return err
			}
		case strings.EqualFold(name, "Connection"):
			keep = !strings.EqualFold(value, "close")
		}
	}
	if length < 0 {
		keep = false
		_, err = io.Copy(io.Discard, c.reader)
	} else {
		_, err = c.reader.Discard(length)
	}
	if err != nil {
		return err
	}
	if !keep {
		c.close()
	}
	if !strings.Contains(status, " 200") {
		return fmt.Errorf("answered %s", strings.TrimSpace(status))
	}
	return nil
}

func (c *connection) close() {
	if c.socket != nil {
		c.socket.Close()
		c.socket = nil
	}
}

func report(connections []*connection, elapsed time.Duration) {
	var all []time.Duration
	r := result{Seconds: elapsed.Seconds()}
	for _, c := range connections {
		all = append(all, c.taken...)
		r.Failed += c.failed
		if c.why != "" {
			r.Why = c.why
		}
	}
	slices.Sort(all)
	r.Requests = len(all)
	if len(all) > 0 {
		r.P50Ms = all[len(all)/2].Seconds() * 1000
		r.P99Ms = all[len(all)*99/100].Seconds() * 1000
	}
	check(json.NewEncoder(os.Stdout).Encode(r))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
