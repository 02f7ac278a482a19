"""How the beat network is trained.

songs      the corpus as notes and beats in seconds
render     songs -> sound -> what is heard of every part
simulate   the same, without sound, from patches of what was heard
batches    clips -> evidence and targets
model      the network in PyTorch
loop       training, checkpoints, resuming
export     the weights that the package ships
"""
