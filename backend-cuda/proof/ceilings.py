#!/usr/bin/env python3
"""Copy bandwidth and bf16 peak of this card; prints JSON. Without PyTorch, what the driver copies, and no peak."""
import ctypes
import json

from kernels import call, memory, seconds, start

COPIED_BYTES = 1 << 30


def driver_copy():
    """Bytes a second that the driver copies within the device, read and written."""
    start()
    to, source = memory(COPIED_BYTES), memory(COPIED_BYTES)
    count = ctypes.c_size_t(COPIED_BYTES)

    def copy():
        call("cuMemcpyDtoDAsync_v2", ctypes.c_uint64(to), ctypes.c_uint64(source), count, None)
    copied = 2 * COPIED_BYTES / seconds(copy)
    for at in (to, source):
        call("cuMemFree_v2", ctypes.c_uint64(at))
    return copied


def median(torch, work, count=15):
    times = []
    for _ in range(count + 3):
        begin, end = torch.cuda.Event(True), torch.cuda.Event(True)
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end) / 1e3)
    return sorted(times[3:])[count // 2]


def of_torch():
    import torch
    x = torch.empty(1 << 30, dtype=torch.float32, device="cuda").normal_()
    y = torch.empty_like(x)
    copy = 2 * x.numel() * 4 / median(torch, lambda: y.copy_(x))
    del x, y
    a = torch.randn(8192, 8192, device="cuda").bfloat16()
    b = torch.randn(8192, 8192, device="cuda").bfloat16()
    return {"torch_copy_bytes_per_s": copy, "bf16_flops": 2 * 8192 ** 3 / median(torch, lambda: a @ b),
            "card": torch.cuda.get_device_name()}


def main():
    found = {"driver_copy_bytes_per_s": driver_copy()}
    try:
        found.update(of_torch())
    except Exception as e:  # what the driver copies is a ceiling, too
        found["torch"] = f"{type(e).__name__}: {e}"[:400]
    found["copy_bytes_per_s"] = max(value for key, value in found.items() if key.endswith("copy_bytes_per_s"))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
