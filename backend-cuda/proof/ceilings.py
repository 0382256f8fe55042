#!/usr/bin/env python3
"""Copy bandwidth and bf16 peak of this card, through PyTorch; prints JSON."""
import json

import torch


def median(work, count=15):
    times = []
    for _ in range(count + 3):
        begin, end = torch.cuda.Event(True), torch.cuda.Event(True)
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end) / 1e3)
    return sorted(times[3:])[count // 2]


x = torch.empty(1 << 30, dtype=torch.float32, device="cuda").normal_()
y = torch.empty_like(x)
copy = 2 * x.numel() * 4 / median(lambda: y.copy_(x))
del x, y
a = torch.randn(8192, 8192, device="cuda").bfloat16()
b = torch.randn(8192, 8192, device="cuda").bfloat16()
print(json.dumps({"copy_bytes_per_s": copy, "bf16_flops": 2 * 8192 ** 3 / median(lambda: a @ b),
                  "card": torch.cuda.get_device_name()}))
