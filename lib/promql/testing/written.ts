/** Expressions that are written by hand, good and bad; which is which, the real promtool says. */

/**
 * What people write, and what hardly anybody does. Not among them is what Prometheus 3.5 takes by accident of its lexer and the official grammar
 * refuses: a metric of the name `offset`, a blank within a duration, as in `[5 m]`.
 */
const WRITTEN = String.raw`
up
up == 0
up{job="node"} == 0
up{job="node",} == 0
up{job="node"
{job="node"}
{__name__="up"}
{__name__=~"node_.*"}
{"my.metric"}
{"my.metric",job="node"}
{"my.metric","other"}
my_metric{"label with blanks"="x"}
up{"job"="node","instance"=~"web.*"}
up{__name__="down"}
up{"down"}
{}
{job=""}
{job=~".*"}
{job!="x"}
{job=~".+"}
:colons:in:name
sum:rate5m{job="x"}
up{job='node'}
up{job=${"`node`"}}
up{job="no\"de"}
up{job='no"de'}
up{job="a\\d"}
up{job="a\d"}
up{job="\x41\u00e9\U0001F600\101"}
up{job="\xZZ"}
up{job="\ud800"}
up{job="\'"}
up{job=~"a|b"}
up{job=~"("}
up{job=~"(?i)web"}
up{job=~"(?=web)"}
up{job=~"[[:alpha:]]+\\.\\d{2,3}"}
up{job=~"a{1001}"}
up{job=~"\\pL+"}
up{job=~"*"}
up{job!~"x"}
up{job==“node”}
up{job=node}
up{job:"node"}
up{job}
up{=}
up{,}
up{job="a" instance="b"}
up{1job="x"}
rate(http_requests_total[5m])
rate(http_requests_total[5m:])
rate(http_requests_total[1h:5m])
rate(http_requests_total)
rate(http_requests_total[5])
rate(http_requests_total[5.5m])
rate(http_requests_total[300])
rate(http_requests_total[0])
rate(http_requests_total[-5m])
rate(http_requests_total[5min])
rate(http_requests_total[1h30m])
rate(http_requests_total[30m1h])
rate(http_requests_total[1y2w3d4h5m6s7ms])
rate(http_requests_total[1m1m])
rate(http_requests_total[1M])
rate(http_requests_total[300y])
rate(http_requests_total[])
rate(http_requests_total[:5m])
rate(http_requests_total[$__rate_interval])
rate(http_requests_total[5m]
rate(http_requests_total[5m]))
rate(sum(http_requests_total)[5m])
rate(sum(http_requests_total)[5m:1m])
rate(http_requests_total[5m][5m])
http_requests_total[5m]
http_requests_total offset 5m
http_requests_total offset -5m
http_requests_total offset - 5m
http_requests_total offset 5m offset 5m
http_requests_total offset
http_requests_total offset foo
http_requests_total OFFSET 1w
rate(http_requests_total[5m] offset 1w)
rate(http_requests_total offset 1w [5m])
sum(http_requests_total) offset 5m
sum(http_requests_total offset 5m)
http_requests_total @ 1609746000
http_requests_total @ 1609746000.5 offset 5m
http_requests_total offset 5m @ end()
http_requests_total @ start()
http_requests_total @ now()
http_requests_total @ -1
http_requests_total @ Inf
http_requests_total @ 1 @ 2
rate(http_requests_total[5m] @ end())
rate(http_requests_total @ end() [5m])
sum(rate(x[5m])) by (job)
sum by (job) (rate(x[5m]))
sum by (job,) (x)
sum by () (x)
sum by job (x)
sum by (job (x)
sum without (instance) (x)
sum by (by, on, offset, bool, sum, and, start, atan2) (x)
sum by ("label with blanks", 'other') (x)
sum by ("") (x)
sum by (1a) (x)
sum by (a) by (b) (x)
sum by (inf) (x)
SUM BY (job) (x)
Sum(x)
sum(x, y)
sum()
sum
sum{a="b"}
count
by
on
bool
start
avg(up) and min(up)
topk(3, x)
topk(x, 3)
topk(3, x) by (job)
topk by (job) (3, x)
topk("3", x)
bottomk(scalar(y), x)
quantile(0.9, x)
quantile(x)
count_values("version", build_info)
count_values(version, build_info)
limitk(3, x)
limit_ratio(0.5, x)
histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))
histogram_quantile(x_bucket, 0.9)
label_replace(x, "a", "$1", "b", "(.*)")
label_replace(x, "a", "$1", "b")
label_join(x, "a", ",")
label_join(x, "a", ",", "b", "c", "d")
round(x)
round(x, 0.1)
round(x, 1, 2)
hour()
hour(x)
day_of_week(vector(time()))
day_of_week(time())
days_in_month(x, y)
absent(x)
absent(x{job="a"}) or absent(y)
absent_over_time(x[5m])
absent_over_time(x)
clamp(x, 0, 1)
clamp_max(x)
predict_linear(x[1h], 3600)
predict_linear(x[1h], 4h)
predict_linear(x[1h])
deriv(x[1h])
holt_winters(x[1h], 0.5, 0.5)
double_exponential_smoothing(x[1h], 0.5, 0.5)
mad_over_time(x[1h])
sort_by_label(x, "a")
info(x)
info(x, {a="b"})
vector(1)
vector(x)
scalar(x)
scalar(1)
time()
time(1)
pi()
rte(x[5m])
Rate(x[5m])
rate (x[5m])
rate
rate{a="b"}
start()
min_of(1, 2)
1
-1
- 1
+1
1 + 1
1 > 2
1 > bool 2
1e3
1E3
1e
1e+3
.5
5.
5.e3
1..2
0x1F
0X1f
0x
0b11
017
08
1_000
1__000
_1
1_000.5
0x_1F
Inf
-inf
+Inf
NaN
nan
1s
5m
5m + 1h
1h5
1.5h
9223372036854775807
99999999999999999999
0xffffffffffffffffff
"text"
'text'
"text
"te
xt"
"text" + 1
"a" == "a"
-"text"
x + "text"
x[5m] + 1
-x[5m]
-x
- -x
--1
-1^2
2^-1
2^3^2
x ^ -y
(x)
((x)
(x))
()
(
)
x +
+ x
* x
x y
x 5
5 x
x + + y
x + * y
x == y
x = y
x === y
x <> y
x != y
x =~ "y"
x && y
x || y
x and y
x AND y
x and 1
x and bool y
x or vector(0)
x unless on (job) y
x and on (job) group_left y
!x
not x
x > 1
x > bool 1
x bool > 1
x >bool bool 1
x + bool 1
1 == bool x
x / on (job) y
x / on (job) group_left y
x / on (job) group_left (a) y
x / on (job) group_left (job) y
x / ignoring (job) group_left (job) y
x / on (job) group_right (a, b) y
x / group_left y
x / on job y
x / on () y
x / on (job) 1
x / on () 1
x / ignoring (a) ignoring (b) y
x / on (a) ignoring (b) y
x / on (a) group_left group_right y
1 + on (a) 2
x % y
x % 0
x / 0
x atan2 y
x ATAN2 y
x </ y
x >/ y
x fill(0) y
x anchored
rate(x[5m] smoothed)
x # a comment
# a comment
x # a comment with "quotes" and (
x{a="#"} # "
x
+
y
x; y
x, y
x{a="b"}[5m]
x[5m]{a="b"}
x.y
x-y
x$y
$x
x{a="é😀"}
é
x é
x + y
{"é"}
sum by ("é") (x)
x[5m:1m][5m]
x[1h:1m] offset 5m
avg_over_time(x[1h:1m] offset 5m)
avg_over_time((x + y)[1h:1m] @ end())
max_over_time(sum(rate(x[5m]))[1d:1h])
max_over_time(rate(x[5m])[1d:])
max_over_time(rate(x[5m])[1d])
max_over_time(5[1d:])
rate(foo[2*1h])
rate(foo[(1h)])
foo offset (1h)
foo offset 2*1h
foo[step()]
foo[5m+5m]
sum(x) > on (job) group_left () max by (job) (y)
100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))) > 90
(node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < 10 and node_filesystem_readonly == 0) and on (instance) up == 1
`;

/** What people write, one expression each. */
export function writtenExpressions(): string[] {
  return [
    ...WRITTEN.trim().split("\n"),
    "sum by (job) (\n  rate(x[5m]) # per second\n)\n> 1",
    "x\u00a0+ y",
    "x\t+\r\ny",
    'x{a="b\nc"}',
    "x{a=`b\nc`}",
  ];
}
