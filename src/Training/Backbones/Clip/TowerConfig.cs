namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>The activation between the two layers of a block's MLP.</summary>
public enum ClipActivation
{
    /// <summary>x · sigmoid(1.702 x), as OpenAI's models.</summary>
    QuickGelu,

    /// <summary>x · Φ(x), as most later models.</summary>
    Gelu,
}

/// <summary>What else a tower of CLIP is described by.</summary>
public sealed record TowerConfig : TowerShape
{
    /// <summary>Attention heads; divides <see cref="TowerShape.Width"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>What stands between the MLP's layers.</summary>
    public required ClipActivation Activation { get; init; }

    /// <summary>The constant that layer norms add to the variance.</summary>
    public required double LayerNormEpsilon { get; init; }

    /// <summary>Entries of one head.</summary>
    public int HeadWidth => Width / Heads;
}
