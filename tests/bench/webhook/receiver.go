// The receiver that ours is measured against where durability is asked for: net/http, each body decoded, printed as the console
// channel prints it, and on disk before the answer. What arrives at about the same time is synced together.
//
// Usage: receiver HOST:PORT JOURNAL_FILE
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	waiting   = 1024
	bodyBytes = 32 << 20
)

type notification struct {
	Alerts []struct {
		Status      string            `json:"status"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"alerts"`
}

type arrival struct {
	body   []byte
	stored chan error
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: receiver HOST:PORT JOURNAL_FILE")
		os.Exit(2)
	}
	journal, err := os.OpenFile(os.Args[2], os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	check(err)
	arrivals := make(chan arrival, waiting)
	texts := make(chan string, waiting)
	go commit(journal, arrivals)
	go show(texts)

	http.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "Webhook server is running!")
	})
	http.HandleFunc("POST /webhook", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyBytes))
		if err != nil {
			http.Error(w, "Cannot read the body", http.StatusBadRequest)
			return
		}
		var n notification
		if err := json.Unmarshal(body, &n); err != nil {
			http.Error(w, "Not JSON", http.StatusBadRequest)
			return
		}
		a := arrival{body: body, stored: make(chan error, 1)}
		arrivals <- a
		if err := <-a.stored; err != nil {
			http.Error(w, "Cannot store it", http.StatusServiceUnavailable)
			return
		}
		texts <- render(n, time.Now())
		io.WriteString(w, "Alert received")
	})
	check(http.ListenAndServe(os.Args[1], nil))
}

// commit writes whatever waits, syncs once, and lets all of it be answered.
func commit(journal *os.File, arrivals <-chan arrival) {
	var batch []arrival
	var bytes []byte
	for first := range arrivals {
		batch, bytes = append(batch[:0], first), bytes[:0]
		for more := true; more; {
			select {
			case next := <-arrivals:
				batch = append(batch, next)
			default:
				more = false
			}
		}
		for _, a := range batch {
			bytes = binary.LittleEndian.AppendUint32(bytes, uint32(len(a.body)))
			bytes = append(bytes, a.body...)
		}
		_, err := journal.Write(bytes)
		if err == nil {
			err = journal.Sync()
		}
		for _, a := range batch {
			a.stored <- err
		}
	}
}

// show prints, and flushes when nothing more waits.
func show(texts <-chan string) {
	out := bufio.NewWriter(os.Stdout)
	for text := range texts {
		out.WriteString(text)
		if len(texts) == 0 {
			out.Flush()
		}
	}
}

func render(n notification, at time.Time) string {
	var text strings.Builder
	fmt.Fprintf(&text, "🚨 ALERTE REÇUE - %s\n%s\n", at.Format(time.DateTime), strings.Repeat("=", 50))
	for _, alert := range n.Alerts {
		fmt.Fprintf(&text, "📊 Status: %s\n🏷️  Alert: %s\n📝 Summary: %s\n%s\n", strings.ToUpper(alert.Status),
			alert.Labels["alertname"], alert.Annotations["summary"], strings.Repeat("-", 30))
	}
	return text.String()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
