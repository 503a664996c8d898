using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>
/// Reads split files in the format of the CoOp family: one object with the keys train, val and test, each with a list of [path, label,
/// class name] entries. The order of the lists is kept, because it determines which images a draw selects.
/// </summary>
internal static class SplitJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>Reads a file. If the file lists no validation images, validation shots are drawn from the training images.</summary>
    /// <param name="path">The path of the file, already verified to be inside its root.</param>
    /// <param name="advice">Advice for a missing file, which follows a semicolon in the message.</param>
    /// <exception cref="InvalidInputException">The file is missing or malformed; the message names the file and JSON path.</exception>
    public static ListedSplit Read(string path, string advice)
    {
        var text = SmallFile.ReadText(path, advice);
        if (text.AsSpan().TrimStart() is not ([] or ['{' or '[', ..]))
            throw new InvalidInputException($"{path} is not JSON; for a table, use \"format\": \"csv\".");
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Refused(path, "$", "expected one object with the keys train, val and test"
                + (root.ValueKind == JsonValueKind.Array ? ", not a list; use the format csv for a table of images" : ""));
            if (root.EnumerateObject()
                .FirstOrDefault(part => SplitNames.Find(part.Name) is null) is { Value.ValueKind: not JsonValueKind.Undefined } other)
                throw Refused(path, "$", $"unknown key {QuotedText.Of(other.Name)}; expected train, val and test");
            if (root.EnumerateObject().CountBy(part => SplitNames.Find(part.Name)!)
                .FirstOrDefault(part => part.Value > 1) is { Key: { } twice })
                throw Refused(path, "$", $"several keys mean {twice}; keep one of them");
            var validation = List(path, root, "val", required: false);
            return new ListedSplit(
                validation.Length > 0 ? SplitOrigin.Given : SplitOrigin.ValidationFromTrain, path,
                List(path, root, "train", required: true), validation,
                List(path, root, "test", required: true));
        }
        // InvalidOperationException: half of a surrogate pair is valid JSON, but it cannot be converted to a .NET string.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException(
                $"{path}: not valid JSON: {error.Message.Split(". ")[0].TrimEnd('.').ReplaceLineEndings(" ")}; copy "
                    + "the file again.", error);
        }
    }

    private static ListedImage[] List(string path, JsonElement root, string key, bool required)
    {
        var list = root.EnumerateObject().FirstOrDefault(part => SplitNames.Find(part.Name) == key).Value;
        if (list.ValueKind == JsonValueKind.Undefined)
            return !required ? [] : throw Refused(path, "$", $"the key '{key}' is missing; add it");
        if (list.ValueKind != JsonValueKind.Array) throw Refused(path, $"$.{key}", "expected a list of [path, label, class name]");
        return
        [
            .. list.EnumerateArray().Select((item, index) => Item(item)
                ?? throw Refused(path, $"$.{key}[{index}]", "expected [path, label, class name], such as [\"a/1.jpg\", 0, \"a\"]")),
        ];
    }

    private static ListedImage? Item(JsonElement item) =>
        item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 3
        && item[0].ValueKind == JsonValueKind.String && item[1].ValueKind == JsonValueKind.Number && item[1].TryGetInt32(out var label)
            && item[2].ValueKind == JsonValueKind.String
            ? new ListedImage(SplitCsv.Relative(item[0].GetString()!), label, item[2].GetString()!)
            : null;

    private static InvalidInputException Refused(string path, string place, string what) => new($"{path}: {place}: {what}.");
}
