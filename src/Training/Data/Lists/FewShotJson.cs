using System.Text;
using System.Text.Json;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>A line of a few-shot list.</summary>
/// <param name="Line">The 1-based line number.</param>
/// <param name="Path">The path of the image relative to the data root; not validated yet.</param>
/// <param name="Label">The label, numbered across all classes.</param>
/// <param name="ClassName">The class name; null if the line does not contain one.</param>
internal sealed record FewShotItem(int Line, string Path, int Label, string? ClassName)
{
    /// <summary>Returns a description of the error in the path; null if the path is well-formed.</summary>
    public string? PathProblem() =>
        Path.Length is 0 or > DataPath.MaxLength ? "_impath is empty or longer than 1000 characters"
        : Path.Any(char.IsControl) ? "_impath contains a control character"
        : !DataPath.StaysBelow(Path)
            ? $"_impath {Training.Files.QuotedText.Of(Path)} must be relative to the data root, with forward slashes and without '..'"
        : null;
}

/// <summary>
/// Reads and writes few-shot lists with one JSON object per line. The keys are _impath, _label, _domain and _classname (datasets/utils.py
/// of FarinaMatteo/rethinking_fewshot_vlms).
/// </summary>
internal static class FewShotJson
{
    private const string PathKey = "_impath", LabelKey = "_label", DomainKey = "_domain", NameKey = "_classname";

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>Reads a list. Empty lines and unknown keys are ignored.</summary>
    /// <param name="path">The path of the file, already verified to be inside its root.</param>
    /// <param name="advice">The advice for a missing file, which follows a semicolon in the message.</param>
    /// <exception cref="InvalidInputException">The file is missing or a line is malformed; the message names the file and line.</exception>
    public static IEnumerable<FewShotItem> Read(string path, string advice)
    {
        var number = 0;
        foreach (var line in SmallFile.ReadText(path, advice).Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            yield return Item(path, number, line);
        }
    }

    /// <summary>Returns a list as text that <see cref="Read"/> and the project that defined the format can read.</summary>
    /// <param name="items">The images in draw order, with paths relative to the data root.</param>
    public static string Text(IEnumerable<(string Path, int Label, string ClassName)> items)
    {
        var text = new StringBuilder();
        foreach (var (path, label, name) in items)
        {
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString(PathKey, path);
                writer.WriteNumber(LabelKey, label);
                writer.WriteNumber(DomainKey, 0);
                writer.WriteString(NameKey, name);
                writer.WriteEndObject();
            }
            text.Append(Encoding.UTF8.GetString(stream.ToArray())).Append('\n');
        }
        return text.ToString();
    }

    private static FewShotItem Item(string path, int number, string line)
    {
        InvalidInputException Refused(string what, Exception? inner = null) => new($"{path}, line {number}: {what}.", inner);
        try
        {
            using var document = JsonDocument.Parse(line, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Refused("expected one JSON object, such as "
                + "{\"_impath\": \"eurosat/2750/River/River_1.jpg\", \"_label\": 8, \"_domain\": 0, \"_classname\": \"River\"}");
            if (!root.TryGetProperty(PathKey, out var image) || image.ValueKind != JsonValueKind.String)
                throw Refused($"the string {PathKey} is missing");
            if (!root.TryGetProperty(LabelKey, out var label) || label.ValueKind != JsonValueKind.Number
                || !label.TryGetInt32(out var value))
                throw Refused($"the integer {LabelKey} is missing");
            var name = root.TryGetProperty(NameKey, out var found) ? found : default;
            if (name.ValueKind is not (JsonValueKind.String or JsonValueKind.Undefined)) throw Refused($"{NameKey} is not a string");
            return new FewShotItem(number, image.GetString()!, value, name.ValueKind == JsonValueKind.String ? name.GetString() : null);
        }
        // InvalidOperationException: half of a surrogate pair is valid JSON, but it cannot be converted to a .NET string.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Refused($"not valid JSON: {error.Message.Split(". ")[0].TrimEnd('.').ReplaceLineEndings(" ")}", error);
        }
    }
}
