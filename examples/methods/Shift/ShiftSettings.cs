using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AdaptCluster.Shift;

/// <summary>The Shift method's hyperparameters.</summary>
public sealed record ShiftSettings
{
    /// <summary>The factor by which the trained vector is multiplied. Default: 1.</summary>
    [Description("The factor by which the trained vector is multiplied.")]
    [Range(0.001, 1000)]
    public double Strength { get; init; } = 1;
}
