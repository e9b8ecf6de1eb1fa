; A list of our own in the form of p0f's, for tests: not a copy of its signatures.
classes = win,unix,other

[mtu]
label = Ethernet
sig   = 1500

[tcp:request]
label = s:unix:Asker:1
sig   = *:64:0:*:*,*:mss:df,id+:0
sig   = *:64:0:*:mss*20,7:mss,sok,ts,nop,ws:df,id+:0
label = s:win:Knocker:
sig   = *:128:0:*:8192,8:mss,nop,ws,nop,nop,ts,nop,nop,sok:df,id+:0
label = s:!:tool:
sig   = *:64:0:*:*,0:mss:ack+:0
sig   = *:64:0:*:6,0:mss:df:0
label = g:unix:Any:
sig   = *:64:0:*:*,*:mss:df:0

[tcp:response]
label = s:unix:Penguin:3.x
sys   = @unix
sig   = *:64:0:*:mss*44,0:mss:df:0
sig   = *:64:0:*:29200,7:mss,sok,ts,nop,ws:df:0

label = s:win:Panes:7
sig   = 4:128:0:1460:8192,8:mss,nop,ws:df,id+:0
sig   = *:128-:0:*:%8192,0:mss,eol+2:id-,ecn:0

label = g:other:Old:
sig   = *:255:0:*:*,*:mss::0
sig   = *:64:0:1400:mtu*2,0:mss:seq-:0

label = s:!:nmap:SYN scan
sig   = *:64:0:*:1,0:mss::0
label = x:unix:Nobody:
sig   = *:64:0:*:2,0:mss::0
label = s:unix::
sig   = *:64:0:*:3,0:mss::0

label = s:unix:Malformed:
sig   = *:64:0:*:mss*10,0:mss:df
sig   = *:64:0:*:%0,0:mss:df:0
sig   = *:64:0:*:70000,0:mss:df:0
sig   = *:64:8:*:4,0:mss:df:0
sig   = *:64:0:*:4,0:mss,frob:df:0
sig   = *:64:0:*:4,0:mss:df:+
sig   = *:64:0:*:4,0:nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop:df:0
sig   = :::::::
sig   =
label =
sig   = *:64:0:*:5,0:mss:df:0
