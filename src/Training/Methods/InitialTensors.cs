using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>Initial values of trained tensors. Each tensor has its own random stream, so adding a tensor does not change the
/// others.</summary>
/// <param name="seed">The job's seed.</param>
/// <param name="device">The device of the tensors.</param>
public sealed class InitialTensors(int seed, torch.Device device)
{
    /// <summary>Values from N(0, deviation²).</summary>
    /// <param name="stream">The tensor's number within its method.</param>
    /// <param name="deviation">Standard deviation.</param>
    /// <param name="shape">The shape.</param>
    public torch.Tensor Normal(int stream, double deviation, params long[] shape)
    {
        var random = new CounterRandom(RandomPurpose.Prompts, seed, stream);
        var values = new float[Entries(shape)];
        foreach (ref var value in values.AsSpan()) value = (float)(deviation * random.NextNormal());
        return NativeTensors.Of(values, device, shape);
    }

    /// <summary>Weight and bias of a linear layer, uniform in ±1/√inputs, as PyTorch initialises them by default.</summary>
    /// <param name="stream">The layer's number within its method; weight and bias are drawn one after the other.</param>
    /// <param name="outputs">Output features.</param>
    /// <param name="inputs">Input features.</param>
    /// <returns>[outputs, inputs] and [outputs].</returns>
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
