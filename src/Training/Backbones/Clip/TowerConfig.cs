namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>The activation between the two layers of a block's MLP.</summary>
public enum ClipActivation
{
    /// <summary>x · sigmoid(1.702 x), as in OpenAI's models.</summary>
    QuickGelu,

    /// <summary>x · Φ(x), as in most later models.</summary>
    Gelu,
}

/// <summary>The configuration of a CLIP tower.</summary>
public sealed record TowerConfig : TowerShape
{
    /// <summary>The number of attention heads; a divisor of <see cref="TowerShape.Width"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>The activation between the MLP's layers.</summary>
    public required ClipActivation Activation { get; init; }

    /// <summary>The epsilon that layer norms add to the variance.</summary>
    public required double LayerNormEpsilon { get; init; }

    /// <summary>The width of one head.</summary>
    public int HeadWidth => Width / Heads;
}
