using TorchSharp;

namespace AdaptCluster.Training.Numerics;

/// <summary>
/// Provides arithmetic in which scalars stay alive until the native call returns. TorchSharp 0.107 passes only the handle of a <see
/// cref="Scalar"/> to libtorch. A temporary scalar (from an implicit conversion, or the hidden alpha of <c>a + b</c>) can be finalised on
/// another thread while libtorch still reads it. BannedSymbols.txt bans such calls; use the methods of this class instead, or declare the
/// result of <c>ToScalar()</c> with <c>using var</c>.
/// </summary>
public static class Scalars
{
    /// <summary>The scalar 1, which is never disposed.</summary>
    public static readonly Scalar One = 1.ToScalar();

    /// <summary>The scalar 0, which is never disposed.</summary>
    public static readonly Scalar Zero = 0.ToScalar();

    /// <summary>Computes 1 - a.</summary>
    public static torch.Tensor OneMinus(torch.Tensor a) => a.neg().add(One);

    /// <summary>Computes a + b.</summary>
    public static torch.Tensor Plus(this torch.Tensor a, torch.Tensor b) => a.add(b, One);

    /// <summary>Adds b to a in place.</summary>
    public static torch.Tensor AddInPlace(this torch.Tensor a, torch.Tensor b) => a.add_(b, One);

    /// <summary>Computes a · factor.</summary>
    public static torch.Tensor Times(this torch.Tensor a, double factor)
    {
        using var scalar = factor.ToScalar();
        return a.mul(scalar);
    }

    /// <summary>Computes a / divisor.</summary>
    public static torch.Tensor Over(this torch.Tensor a, double divisor)
    {
        using var scalar = divisor.ToScalar();
        return a.div(scalar);
    }
}
