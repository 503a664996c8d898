using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// Draws the initial values of trained tensors. Each tensor has a separate random stream, so adding a tensor does not change the values of
/// other tensors.
/// </summary>
/// <param name="seed">The job's seed.</param>
/// <param name="device">The device of the tensors.</param>
public sealed class InitialTensors(int seed, torch.Device device)
{
    /// <summary>Draws values from N(0, deviation²).</summary>
    /// <param name="stream">The number of the tensor's random stream within its method.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="shape">The shape of the tensor.</param>
    public torch.Tensor Normal(int stream, double deviation, params long[] shape)
    {
        var random = new CounterRandom(RandomPurpose.Prompts, seed, stream);
        var values = new float[Entries(shape)];
        foreach (ref var value in values.AsSpan()) value = (float)(deviation * random.NextNormal());
        return NativeTensors.Of(values, device, shape);
    }

    /// <summary>
    /// Draws the weight and bias of a linear layer uniformly between -1/√inputs and 1/√inputs, as PyTorch does by default.
    /// </summary>
    /// <param name="stream">The number of the layer's random stream within its method. The weight is drawn first, then the bias.</param>
    /// <param name="outputs">The number of output features.</param>
    /// <param name="inputs">The number of input features.</param>
    /// <returns>The weight, [outputs, inputs], and the bias, [outputs].</returns>
    public (torch.Tensor Weight, torch.Tensor Bias) Linear(int stream, long outputs, long inputs)
    {
        var random = new CounterRandom(RandomPurpose.Weights, seed, stream);
        var bound = 1 / Math.Sqrt(inputs);
        var values = new float[Entries([outputs, inputs]) + outputs];
        foreach (ref var value in values.AsSpan()) value = (float)random.NextUniform(-bound, bound);
        var cut = (int)(outputs * inputs);
        return (NativeTensors.Of(values[..cut], device, outputs, inputs), NativeTensors.Of(values[cut..], device, outputs));
    }

    private static int Entries(long[] shape) => checked((int)shape.Aggregate(1L, (a, b) => a * b));
}
