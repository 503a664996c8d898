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
        return torch.tensor(values, shape).to(device, copy: true).MoveToOuterDisposeScope();
    }
}
