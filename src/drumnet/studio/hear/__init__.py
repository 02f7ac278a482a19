"""Sound comes in, and is listened to.

In: files from the browser or from this machine.  Out: stems on the disk (`intake`,
`contents`; `places` says from where on this machine), what was heard of each (`analysis`),
listened songs in memory (`listening`), styles of songs (`transfer`), and songs as they change
(`songs`).
"""
