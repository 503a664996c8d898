using System.Globalization;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// Reads a spec written in YAML 1.2: one document of mappings, lists and scalars, with anchors, aliases and merge keys. Errors about a
/// value include its line.
/// </summary>
internal sealed class YamlSpec
{
    /// <summary>
    /// The maximum number of values, including the values of every expanded alias, because a few lines of aliases can expand to billions of
    /// values.
    /// </summary>
    private const int MaxValues = 200_000;

    /// <summary>
    /// The maximum number of characters in the paths of all values and in the expansions of aliases. It is limited because a long key of a
    /// long list is repeated in the path of every element.
    /// </summary>
    private const long MaxCharacters = 16L << 20;

    private const string MergeKey = "<<";

    private readonly Parser _parser;
    private readonly string _name;
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonNode?> _anchors = new(StringComparer.Ordinal);
    private int _values;
    private long _characters;

    private YamlSpec(string text, string name)
    {
        (_parser, _name) = (new Parser(new StringReader(text)), name);
        Source = new SpecSource(name, _lines);
    }

    /// <summary>The name of the spec in error messages, with the lines of its values.</summary>
    public SpecSource Source { get; }

    /// <summary>The document as JSON.</summary>
    public JsonNode? Root { get; private set; }

    /// <summary>Parses a spec from YAML text.</summary>
    /// <exception cref="InvalidInputException">The text is not valid YAML, or uses YAML features that specs do not support. The message
    /// names the line.</exception>
    public static YamlSpec Read(string text, string name)
    {
        var spec = new YamlSpec(text, name);
        try
        {
            spec.ReadDocument();
        }
        catch (YamlException e)
        {
            if (TabbedLine(text) is > 0 and var line)
                throw spec.NoYaml(line, 1, "the line is indented with a tab; use spaces", e);
            // Some errors have the position where the failing construct starts, and some have no position.
            var at = ((Mark[])[e.Start, e.End, spec.Reached]).MaxBy(mark => mark.Index);
            throw spec.NoYaml(at, Reason(e.Message), e);
        }
        // The parser throws these for text that ends inside a list, and for escapes that are not characters.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException
            or IndexOutOfRangeException)
        {
            throw spec.NoYaml(spec.Reached, "the text cannot be read from here on; is a bracket or quote missing?", e);
        }
        return spec;
    }

    private static string Reason(string message) =>
        message.StartsWith('(') && message.IndexOf("): ", StringComparison.Ordinal) is > 0 and var end ? message[(end + 3)..] : message;

    /// <summary>The position up to which the text has been read.</summary>
    private Mark Reached => _parser.Current?.End ?? Mark.Empty;

    /// <summary>
    /// Returns the number of the first line that is indented with a tab, or 0 if there is none. YAML forbids these tabs, but many editors
    /// insert them.
    /// </summary>
    private static int TabbedLine(string text) =>
        Array.FindIndex(text.Split('\n'), line => line.TrimStart(' ').StartsWith('\t') && line.Trim().Length > 0) + 1;

    private InvalidInputException NoYaml(Mark at, string reason, Exception? inner = null) => NoYaml(at.Line, at.Column, reason, inner);

    private InvalidInputException NoYaml(long line, long column, string reason, Exception? inner = null)
    {
        var text = reason.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return new(PrintableText.OneLine(
            $"{_name}: line {line}, column {column}: not valid YAML: {text}{(text.EndsWith('?') ? "" : ".")}"), inner);
    }

    private void ReadDocument()
    {
        Next<StreamStart>();
        if (!_parser.MoveNext() || _parser.Current is not DocumentStart)
            throw new InvalidInputException(PrintableText.OneLine($"{_name}: the text is empty; write a spec."));
        _parser.MoveNext();
        Root = Value([]);
        Next<DocumentEnd>();
        if (_parser.MoveNext() && _parser.Current is DocumentStart second)
            throw NoYaml(second.Start, "a second document starts here; write only one spec per file");
    }

    private void Next<T>() where T : ParsingEvent
    {
        if (!_parser.MoveNext() || _parser.Current is not T)
            throw NoYaml(_parser.Current?.Start ?? Mark.Empty, "expected the end of the spec here");
    }

    /// <summary>Reads the value that starts at the current event, up to its last event.</summary>
    private JsonNode? Value(string[] path)
    {
        var begin = _parser.Current!;
        Line(path, begin.Start);
        Count(begin.Start, 1);
        if (path.Length >= SpecText.MaxDepth) throw NoYaml(begin.Start, $"values are nested more than {SpecText.MaxDepth} levels deep");
        if (begin is AnchorAlias alias) return Alias(alias);
        if (begin is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } tag } && Foreign(tag.Value))
            throw NoYaml(begin.Start, $"the tag {tag.Value} has no meaning in a spec; remove it");
        var value = begin switch
        {
            MappingStart => Mapping(path),
            SequenceStart => Sequence(path),
            Scalar scalar => Scalars(scalar),
            _ => throw NoYaml(begin.Start, "a value is missing"),
        };
        if (begin is NodeEvent { Anchor: { IsEmpty: false } anchor }) _anchors[anchor.Value] = value;
        return value;
    }

    private JsonObject Mapping(string[] path)
    {
        var (mapping, merged) = (new JsonObject(), new List<(Mark At, JsonNode? Value)>());
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (Move() is not MappingEnd)
        {
            if (_parser.Current is not Scalar key)
                throw NoYaml(_parser.Current!.Start, "a key is a list or an object; write a string");
            if (!PrintableText.IsWhole(key.Value)) throw Half(key);
            string[] place = [.. path, key.Value];
            var line = (int)key.Start.Line;
            if (!lines.TryAdd(key.Value, line))
                throw Source.RefusedAt(line, SpecSchema.JsonPath(path), DuplicateKey.Message(key.Value, lines[key.Value]));
            Move();
            if (key is { Value: MergeKey, Style: ScalarStyle.Plain }) merged.Add((key.Start, Value(place)));
            else mapping[key.Value] = Value(place);
            // The key's line replaces the value's line, because readers look at the key first.
            Line(place, key.Start);
        }
        foreach (var (at, value) in merged) Merge(mapping, value, at);
        return mapping;
    }

    /// <summary>Merges a mapping. A mapping's own keys override merged ones, and earlier merges override later ones.</summary>
    private void Merge(JsonObject mapping, JsonNode? value, Mark at)
    {
        foreach (var part in value is JsonArray several ? several.ToArray() : [value])
        {
            if (part is not JsonObject from) throw NoYaml(at, $"'{MergeKey}' takes a mapping, such as *anchor");
            foreach (var (key, merged) in from)
                if (!mapping.ContainsKey(key)) mapping[key] = Copy(merged, at);
        }
    }

    private JsonArray Sequence(string[] path)
    {
        var list = new JsonArray();
        while (Move() is not SequenceEnd) list.Add(Value([.. path, list.Count.ToString(CultureInfo.InvariantCulture)]));
        return list;
    }

    private JsonNode? Alias(AnchorAlias alias) => _anchors.TryGetValue(alias.Value.Value, out var value) ? Copy(value, alias.Start)
        : throw NoYaml(alias.Start, $"there is no anchor &{alias.Value.Value} before this alias");

    private JsonNode? Copy(JsonNode? value, Mark at)
    {
        Count(at, Size(value));
        Weigh(at, Characters(value));
        return value?.DeepClone();
    }

    private static long Characters(JsonNode? value) => value switch
    {
        JsonObject mapping => mapping.Sum(pair => pair.Key.Length + Characters(pair.Value)),
        JsonArray list => list.Sum(Characters),
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => text.Length,
        _ => 0,
    };

    private static int Size(JsonNode? value) => 1 + (value switch
    {
        JsonObject mapping => mapping.Sum(pair => Size(pair.Value)),
        JsonArray list => list.Sum(Size),
        _ => 0,
    });

    private JsonNode? Scalars(Scalar scalar)
    {
        if (!PrintableText.IsWhole(scalar.Value)) throw Half(scalar);
        var isText = scalar.Style != ScalarStyle.Plain || scalar.Tag.IsNonSpecific
            || (!scalar.Tag.IsEmpty && scalar.Tag.Value.EndsWith(":str", StringComparison.Ordinal));
        return isText ? JsonValue.Create(scalar.Value) : YamlScalar.Plain(scalar.Value);
    }

    private InvalidInputException Half(Scalar scalar) =>
        NoYaml(scalar.Start, "the text contains half of a surrogate pair, such as \\ud800; write the whole character");

    private static bool Foreign(string tag) => tag is not ("tag:yaml.org,2002:str" or "tag:yaml.org,2002:int"
        or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null" or "tag:yaml.org,2002:map"
        or "tag:yaml.org,2002:seq");

    private ParsingEvent Move() => _parser.MoveNext() ? _parser.Current! : throw NoYaml(Mark.Empty, "the text ends inside a value");

    private void Line(string[] path, Mark at)
    {
        Weigh(at, path.Sum(step => step.Length + 2L));
        _lines[SpecSchema.JsonPath(path)] = (int)at.Line;
    }

    private void Weigh(Mark at, long more)
    {
        _characters += more;
        if (_characters > MaxCharacters)
            throw NoYaml(at, $"the spec expands to more than {MaxCharacters} characters; use shorter keys and fewer aliases");
    }

    private void Count(Mark at, int more)
    {
        _values += more;
        if (_values > MaxValues) throw NoYaml(at, $"the spec expands to more than {MaxValues} values; use fewer aliases");
    }
}
