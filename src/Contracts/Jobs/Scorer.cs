using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// Names the saliency score that ranks context tokens (ADAPT, section 3.2), as specs write it. Which scorers there are is known to the
/// trainer alone, so that a new one changes nothing here.
/// </summary>
[JsonConverter(typeof(ScorerJsonConverter))]
public readonly partial record struct Scorer
{
    /// <summary>Takes a scorer's name.</summary>
    /// <param name="name">Lower-case words of letters and digits, joined by hyphens; at most 64 characters.</param>
    /// <exception cref="ArgumentException">It has another form.</exception>
    public Scorer(string name)
    {
        if (!IsValid(name)) throw new ArgumentException($"'{name}' is no scorer's name: {Rule} expected.", nameof(name));
        Name = name;
    }

    /// <summary>What a name may be, for messages.</summary>
    public const string Rule = "lower-case words of letters and digits, joined by hyphens, with at most 64 characters,";

    /// <summary>Mean of |g·p| over a token's entries.</summary>
    public static Scorer Snip { get; } = new("snip");

    /// <summary>Norm of the token's gradient.</summary>
    public static Scorer GradientNorm { get; } = new("gradient-norm");

    /// <summary>Norm of the token itself.</summary>
    public static Scorer L2Norm { get; } = new("l2-norm");

    /// <summary>A random number: the control that shows what saliency is worth.</summary>
    public static Scorer Random { get; } = new("random");

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Whether a text can name a scorer.</summary>
    public static bool IsValid(string text) => text.Length <= 64 && Form().IsMatch(text);

    /// <inheritdoc/>
    public override string ToString() => Name;

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*\\z")]
    private static partial Regex Form();
}

/// <summary>Writes a <see cref="Scorer"/> as its name.</summary>
internal sealed class ScorerJsonConverter : JsonConverter<Scorer>
{
    public override Scorer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { } name && Scorer.IsValid(name)
            ? new(name)
            : throw new JsonException($"A scorer's name is {Scorer.Rule} as text.");

    public override void Write(Utf8JsonWriter writer, Scorer value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}
