using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>
/// How near the fast path has to come to the plain one in float64: 1e-5 of the largest entry; or, where terms cancel and little is left,
/// some multiple of what the plain path in float32 itself is off by.
/// </summary>
internal static class PlainTolerance
{
    private const double Tolerance = 1e-5;

    private const double RoundingFactor = 20;

    /// <summary>About float32's rounding of logits of 10: what may be left where all terms cancel.</summary>
    private const double Rounding = 1e-6;

    /// <summary>How far from the truth a result may be.</summary>
    internal static double Allowed(torch.Tensor truth, torch.Tensor plain) =>
        truth.NumberOfElements == 0 ? 0 : (Tolerance * truth.abs().max().item<double>())
            + (RoundingFactor * Apart(truth, plain)) + Rounding;

    /// <summary>Holds a result to it.</summary>
    internal static void AssertClose(torch.Tensor truth, torch.Tensor plain, torch.Tensor fast, string what)
    {
        Assert.Equal(truth.shape, fast.shape);
        var (apart, allowed) = (Apart(truth, fast), Allowed(truth, plain));
        Assert.True(apart <= allowed, $"{what}: {apart} from the plain path in float64; at most {allowed} expected");
    }

    private static double Apart(torch.Tensor truth, torch.Tensor other) =>
        truth.NumberOfElements == 0 ? 0 : truth.Plus(other.detach().to_type(torch.ScalarType.Float64).neg()).abs().max().item<double>();
}
