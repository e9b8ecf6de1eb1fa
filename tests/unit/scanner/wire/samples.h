/* SPDX-License-Identifier: Apache-2.0 */
/* One whole message of each identity protocol, its elements set apart: what the readers' tests
 * read, and what the mutations start from. */
#ifndef TESTS_UNIT_SCANNER_WIRE_SAMPLES_H
#define TESTS_UNIT_SCANNER_WIRE_SAMPLES_H

#define SAMPLE_LLDP                                                                            \
	"0207 04 020000000010"             /* chassis: MAC */                                  \
	"0404 05 476931"                   /* port: interface name "Gi1" */                    \
	"0602 0078"                        /* 120 s */                                         \
	"0804 75706c6b"                    /* port description "uplk" */                       \
	"0a05 73772d6131"                  /* system name "sw-a1" */                           \
	"0c06 4f5320312e30"                /* system description "OS 1.0" */                   \
	"0e04 0014 0010"                   /* can bridge and route; routes */                  \
	"100c 05 01 c6120001 02 00000001 00" /* management address 198.18.0.1 */               \
	"fe06 0080c2 01 0064"              /* port VLAN 100 */                                 \
	"fe08 0012bb 08 534e3432"          /* MED: serial "SN42" */                            \
	"fe05 00120f 01 00"                /* IEEE 802.3: no row here */                       \
	"7201 aa"                          /* type 57: nobody's */                             \
	"0000"

#define SAMPLE_CDP                                                                             \
	"02 b4 0000"                                                                           \
	"0001 0006 5231"                           /* device "R1" */                           \
	"0002 0011 00000001 01 01 cc 0004 c6120002" /* address 198.18.0.2 */                   \
	"0003 0008 4769302f"                       /* port "Gi0/" */                           \
	"0004 0008 00000009"                       /* router, switch */                        \
	"0005 000a 494f53203135"                   /* "IOS 15" */                              \
	"0006 0009 6369736331"                     /* "cisc1" */                               \
	"000a 0006 0001"                           /* native VLAN 1 */                         \
	"000b 0005 01"                             /* duplex: no row here */                   \
	"0016 001b 00000002 01 01 cc 0004 c6120003" /* managed at 198.18.0.3 */                \
	"  02 02 0800 0004 00000000"

#define SAMPLE_DHCP_HEADER(op)                                                                 \
	op "01 06 00 11223344 0000 8000 00000000 c6120063 c6120001 00000000"                   \
	"0200000000aa 00000000000000000000"                                                    \
	"0000000000000000 0000000000000000 0000000000000000 0000000000000000"                  \
	"0000000000000000 0000000000000000 0000000000000000 0000000000000000"                  \
	"0000000000000000 0000000000000000 0000000000000000 0000000000000000"                  \
	"0000000000000000 0000000000000000 0000000000000000 0000000000000000"                  \
	"0000000000000000 0000000000000000 0000000000000000 0000000000000000"                  \
	"0000000000000000 0000000000000000 0000000000000000 0000000000000000"                  \
	"63825363"

#define SAMPLE_DHCP                                                                            \
	SAMPLE_DHCP_HEADER("01")                                                               \
	"3501 03"               /* request */                                                  \
	"3d07 01 0200000000aa"  /* client id */                                                \
	"0c04 706c6331"         /* host name "plc1" */                                         \
	"3c05 4d53465420"       /* vendor class "MSFT " */                                     \
	"3704 01030f06"         /* wants mask, router, domain, resolver */                     \
	"3204 c6120063"         /* wants 198.18.0.99 */                                        \
	"7001 00"               /* 112: no row here */                                         \
	"00 ff"

#define SAMPLE_DNS                                                                             \
	"1234 8180 0001 0003 0000 0000"                                                        \
	"03777777 05706f776572 0474657374 00 0001 0001"     /* www.power.test A? */            \
	"c00c 0005 0001 0000003c 0006 03 776562 c010"       /* CNAME web.power.test */         \
	"c02c 0001 0001 0000003c 0004 c6120050"             /* A 198.18.0.80 */                \
	"c02c 001c 0001 0000003c 0010 20010db8000000000000000000000050"

#define SAMPLE_NBNS                                                                            \
	"0001 8400 0000 0001 0000 0000"                                                        \
	"20 434b4141414141414141414141414141414141414141414141414141414141 41 00"              \
	"0021 0001 00000000 0053 02"                                                           \
	"53554231202020202020202020202000 0400"             /* SUB1, unique, active */         \
	"47524944202020202020202020202000 8400"             /* GRID, a group */                \
	"0200000000bb"                                                                         \
	"00000000 00000000 00000000 00000000 00000000 00000000"                                \
	"00000000 00000000 00000000 00000000"

#define SAMPLE_NDP                                                                             \
	"40 00 0708 00000000 00000000" /* hop limit 64, 1800 s */                              \
	"01 01 0200000000cc"                                                                   \
	"03 04 40 c0 00015180 00003840 00000000 20010db8000100000000000000000000"              \
	"05 01 0000 000005dc"          /* MTU: no row here */

#define SAMPLE_GOOSE                                                                           \
	"0003 0026 0000 0000 61 1c"                                                            \
	"80 08 494544312f474342" /* gocbRef "IED1/GCB" */                                      \
	"81 01 0a"               /* time allowed to live: no row here */                       \
	"82 07 494544312f4453"   /* datSet "IED1/DS" */                                        \
	"83 04 74726970"         /* goID "trip" */

/* An Identify response. */
#define SAMPLE_DCP                                                                             \
	"feff 05 01 01000001 0000 0046"                                                        \
	"0205 0004 0000 0201"                        /* device options: no row here */         \
	"0201 000a 0000 455420323030 5350"           /* type of station "ET 200SP" */          \
	"0202 0007 0000 6574323030 00"               /* NameOfStation "et200", a filler */     \
	"0203 0006 0000 002a 0313"                   /* vendor, device */                      \
	"0204 0004 0000 09 00"                       /* device and supervisor */               \
	"0102 000e 0001 c6120307 ffff0000 c6120301" /* address, mask, gateway */

#define SAMPLE_SV                                                                              \
	"4000 003b 0000 0000 60 31"                                                            \
	"80 01 01 a2 2c 30 2a"                                                                 \
	"80 06 4d5530313031"       /* svID "MU0101" */                                         \
	"81 09 4d552f4c4c4e302450" /* datSet "MU/LLN0$P" */                                    \
	"82 02 0fa0"               /* counter: no row here */                                  \
	"83 04 00000001"           /* confRev */                                               \
	"85 01 02"                 /* synchronised, global */                                  \
	"86 02 0050"               /* rate */                                                  \
	"87 04 00000102"           /* samples: no row here */

#endif
