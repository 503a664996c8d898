using System.Text.RegularExpressions;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// The identity of a sweep: a slug of its name and 8 hexadecimal digits of a hash of what it computes, such as "tiny-1f2e3d4c".
/// </summary>
[GenerateSerializer, Immutable, Alias("SweepId")]
public readonly partial record struct SweepId
{
    /// <summary>Creates an id from its text, as <see cref="Value"/> returns it.</summary>
    /// <param name="value">Lower-case letters, digits and hyphens, at most 64, ending in a hyphen and 8 hexadecimal digits.</param>
    /// <exception cref="ArgumentException">The text has another form.</exception>
    public SweepId(string value)
    {
        if (!Form().IsMatch(value)) throw new ArgumentException($"'{value}' is no sweep id.", nameof(value));
        Value = value;
    }

    /// <summary>The id as text.</summary>
    [Id(0)] public string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,54}-[0-9a-f]{8}$")]
    private static partial Regex Form();
}
