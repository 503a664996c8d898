using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The name of a scorer, as written in specs. A scorer ranks context tokens by saliency (ADAPT, section 3.2). Only the trainer defines
/// which scorers exist, so new scorers need no change here.
/// </summary>
[JsonConverter(typeof(ScorerJsonConverter))]
public readonly partial record struct Scorer
{
    /// <summary>Initializes a scorer name.</summary>
    /// <param name="name">Lower-case words of letters and digits, joined by hyphens; at most 64 characters.</param>
    /// <exception cref="ArgumentException">The text is not a valid name.</exception>
    public Scorer(string name)
    {
        if (!IsValid(name)) throw new ArgumentException($"'{name}' is not a scorer name; write {Rule}.", nameof(name));
        Name = name;
    }

    /// <summary>A description of a valid name, for error messages.</summary>
    public const string Rule = "lower-case words of letters and digits, joined by hyphens, with at most 64 characters";

    /// <summary>The mean of |g·p| over a token's entries.</summary>
    public static Scorer Snip { get; } = new("snip");

    /// <summary>The norm of the token's gradient.</summary>
    public static Scorer GradientNorm { get; } = new("gradient-norm");

    /// <summary>The norm of the token itself.</summary>
    public static Scorer L2Norm { get; } = new("l2-norm");

    /// <summary>A random number: a baseline that shows how much saliency contributes.</summary>
    public static Scorer Random { get; } = new("random");

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Whether a string is a valid scorer name.</summary>
    public static bool IsValid(string text) => text.Length <= 64 && Form().IsMatch(text);

    /// <inheritdoc/>
    public override string ToString() => Name;

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*\\z")]
    private static partial Regex Form();
}

/// <summary>Writes a <see cref="Scorer"/> as its name, and reads it back.</summary>
internal sealed class ScorerJsonConverter : JsonConverter<Scorer>
{
    public override Scorer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { } name && Scorer.IsValid(name)
            ? new(name)
            : throw new JsonException($"A scorer name must be a string: {Scorer.Rule}.");

    public override void Write(Utf8JsonWriter writer, Scorer value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}
