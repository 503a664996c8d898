using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The id of a job: the first 16 hexadecimal digits of the SHA-256 hash of its definition, the fingerprints of the files it reads, and the
/// trainer version.
/// </summary>
[JsonConverter(typeof(JobIdJsonConverter))]
[GenerateSerializer, Immutable, Alias("JobId")]
public readonly partial record struct JobId
{
    /// <summary>The number of digits in an id.</summary>
    public const int Length = 16;

    /// <summary>Initializes an id from its digits.</summary>
    /// <param name="value">The 16 lower-case hexadecimal digits.</param>
    /// <exception cref="ArgumentException">The text is not a valid id.</exception>
    public JobId(string value)
    {
        if (!Form().IsMatch(value)) throw new ArgumentException($"'{value}' is not a job id; write 16 hexadecimal digits.", nameof(value));
        Value = value;
    }

    /// <summary>The digits.</summary>
    [Id(0)] public string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex("^[0-9a-f]{16}$")]
    private static partial Regex Form();
}
