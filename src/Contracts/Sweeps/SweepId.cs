using System.Text.RegularExpressions;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// The id of a sweep, such as "tiny-1f2e3d4c": a slug of the sweep's name and 8 hexadecimal digits of a hash of its plan.
/// </summary>
[GenerateSerializer, Immutable, Alias("SweepId")]
public readonly partial record struct SweepId
{
    /// <summary>Initializes an id from its text.</summary>
    /// <param name="value">The text: at most 64 lower-case letters, digits and hyphens, ending in a hyphen and 8 hexadecimal
    /// digits.</param>
    /// <exception cref="ArgumentException">The text is not a valid id.</exception>
    public SweepId(string value)
    {
        if (!Form().IsMatch(value)) throw new ArgumentException($"'{value}' is not a sweep id.", nameof(value));
        Value = value;
    }

    /// <summary>The id as text.</summary>
    [Id(0)] public string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,54}-[0-9a-f]{8}$")]
    private static partial Regex Form();
}
