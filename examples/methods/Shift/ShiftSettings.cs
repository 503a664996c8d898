using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AdaptCluster.Shift;

/// <summary>The hyperparameters of Shift.</summary>
public sealed record ShiftSettings
{
    /// <summary>What the trained vector is multiplied by. Default: 1.</summary>
    [Description("What the trained vector is multiplied by.")]
    [Range(0.001, 1000)]
    public double Strength { get; init; } = 1;
}
