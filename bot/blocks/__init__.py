"""Every screen: plain values and words in, Block Kit out. Nothing here loads, saves or sends."""
