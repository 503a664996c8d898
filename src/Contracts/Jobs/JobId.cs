using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>Identity of a job: the first 16 hexadecimal digits of the SHA-256 of its definition and of what it reads.</summary>
[JsonConverter(typeof(JobIdJsonConverter))]
[GenerateSerializer, Immutable, Alias("JobId")]
public readonly partial record struct JobId
{
    /// <summary>The digits of an id.</summary>
    public const int Length = 16;

    /// <summary>Takes an id as <see cref="Value"/> prints it.</summary>
    /// <param name="value">16 lower-case hexadecimal digits.</param>
    /// <exception cref="ArgumentException">It has another form.</exception>
    public JobId(string value)
    {
        if (!Form().IsMatch(value)) throw new ArgumentException($"'{value}' is no job id: 16 hexadecimal digits expected.", nameof(value));
        Value = value;
    }

    /// <summary>The digits.</summary>
    [Id(0)] public string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex("^[0-9a-f]{16}$")]
    private static partial Regex Form();
}
