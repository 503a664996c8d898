using TorchSharp;

namespace AdaptCluster.Training.Numerics;

/// <summary>Creates tensors in memory that libtorch allocated.</summary>
internal static class NativeTensors
{
    /// <summary>
    /// Copies an array into a new tensor. A tensor created from an array uses the array's memory, and the order in which CPU libraries sum
    /// depends on the alignment of the memory. A copy is aligned like all other tensors, including those read from a checkpoint, so a
    /// resumed job stays bit-exact.
    /// </summary>
    /// <param name="values">The values, row-major.</param>
    /// <param name="device">The device of the tensor.</param>
    /// <param name="shape">The shape of the tensor.</param>
    internal static torch.Tensor Of(float[] values, torch.Device device, params long[] shape)
    {
        using var scope = torch.NewDisposeScope();
        var given = torch.tensor(values, shape);
        return (device.type == DeviceType.CPU ? given.to(device, copy: true) : Upload(given, device)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Copies a CPU tensor to a device through pinned memory, from which a GPU reads asynchronously. libtorch keeps this memory until the
    /// copy is complete.
    /// </summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="device">The target device. For the CPU, the tensor itself is returned.</param>
    internal static torch.Tensor Upload(torch.Tensor tensor, torch.Device device)
    {
        if (device.type == DeviceType.CPU) return tensor;
        using var fixedInPlace = tensor.pin_memory();
        return fixedInPlace.to(device, non_blocking: true);
    }
}
