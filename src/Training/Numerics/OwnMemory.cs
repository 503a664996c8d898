using TorchSharp;

namespace AdaptCluster.Training.Numerics;

/// <summary>Tensors with memory of their own.</summary>
internal static class OwnMemory
{
    /// <summary>
    /// A copy of an array. A tensor made of an array lies where the array lies, and CPU libraries add up in another order where memory is
    /// aligned in another way: a copy lies as every other tensor does, one that is read from a checkpoint among them, so that a resumed job
    /// goes on bit for bit.
    /// </summary>
    /// <param name="values">The values, row-major.</param>
    /// <param name="device">Where the tensor goes.</param>
    /// <param name="shape">The shape.</param>
    internal static torch.Tensor Of(float[] values, torch.Device device, params long[] shape)
    {
        using var scope = torch.NewDisposeScope();
        var given = torch.tensor(values, shape);
        return (device.type == DeviceType.CPU ? given.to(device, copy: true) : Upload(given, device)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// A tensor of the CPU on a device. It passes memory that the system cannot move, from where a GPU fetches it meanwhile;
    /// libtorch keeps that memory until it has.
    /// </summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="device">Where it goes; the tensor itself where it is there.</param>
    internal static torch.Tensor Upload(torch.Tensor tensor, torch.Device device)
    {
        if (device.type == DeviceType.CPU) return tensor;
        using var fixedInPlace = tensor.pin_memory();
        return fixedInPlace.to(device, non_blocking: true);
    }
}
