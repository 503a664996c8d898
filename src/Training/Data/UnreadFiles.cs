using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Data;

/// <summary>Counts what lies in a data set's folders and is not read, so that a note can say so.</summary>
internal sealed class UnreadFiles
{
    private const int ShownKinds = 5;

    /// <summary>All that lies below a folder, without links, which may lead around in a circle or to other data sets.</summary>
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>What phones save photos as; no library that the project has decodes them.</summary>
    private static readonly string[] PhoneFormats = [".heic", ".heif", ".avif"];

    private readonly SortedDictionary<string, (int Count, string First)> _kinds = new(StringComparer.Ordinal);
    private readonly List<string> _folders = [];

    /// <summary>Counts a file by why it is not read.</summary>
    /// <param name="path">The file, as the note shows it.</param>
    public void AddFile(string path)
    {
        var name = Path.GetFileName(path);
        var kind = !IsText(name) ? "with names that are not UTF-8"
            : name.StartsWith('.') ? "hidden"
            : Path.GetExtension(name) is { Length: > 0 } extension ? extension.ToLowerInvariant() : "without extension";
        Add(kind, path);
    }

    /// <summary>Counts the files in a folder below a class.</summary>
    /// <param name="path">The folder.</param>
    public void AddNested(string path)
    {
        if (IsSystemFolder(Path.GetFileName(path))) return;
        // A link may lead out of the data, or back up.
        if (new DirectoryInfo(path).LinkTarget is not null)
        {
            _folders.Add(path);
            return;
        }
        try
        {
            foreach (var file in Directory.EnumerateFiles(path, "*", Below)) Add("in sub-folders", file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _folders.Add(path);
        }
    }

    /// <summary>Counts an image that lies in no folder of a class.</summary>
    /// <param name="path">The image.</param>
    /// <param name="where">Where it lies, for the note.</param>
    public void AddStray(string path, string where) => Add(where, path);

    /// <summary>Names a folder that is neither a split nor a class.</summary>
    public void AddFolder(string path) => _folders.Add(path);

    /// <summary>The notes; one sentence without a full stop each.</summary>
    public IEnumerable<string> Notes()
    {
        var total = _kinds.Values.Sum(kind => kind.Count);
        if (total > 0)
        {
            var largest = _kinds.OrderByDescending(kind => kind.Value.Count).ToArray();
            var shown = largest.Take(ShownKinds).Select(kind => FormattableString.Invariant($"{kind.Value.Count:N0} {kind.Key}"));
            var more = largest.Length > ShownKinds ? " and others" : "";
            var example = $"{string.Join(", ", shown)}{more}, such as {VocabularyFiles.Quote(largest[0].Value.First)}";
            var phones = _kinds.Keys.Where(PhoneFormats.Contains).ToArray();
            var advice = phones.Length == 0 ? ""
                : $"; convert {string.Join(" and ", phones)} files, as 'magick mogrify -format jpg *{phones[0]}' does in a folder";
            yield return FormattableString.Invariant($"{total:N0} files are not read: {example}{advice}");
        }
        foreach (var folder in _folders.Order(StringComparer.Ordinal).Take(ShownKinds))
            yield return $"the folder {VocabularyFiles.Quote(folder)} is not read";
        if (_folders.Count > ShownKinds) yield return $"{_folders.Count - ShownKinds} more folders are not read";
    }

    /// <summary>Whether a folder is one that file managers, operating systems and tools make beside people's own.</summary>
    public static bool IsSystemFolder(string name) => name.StartsWith('.')
        || name is "__MACOSX" or "__pycache__" or "@eaDir" or "#recycle" or "lost+found" or "$RECYCLE.BIN" or "System Volume Information";

    /// <summary>Whether a name is text. What is not UTF-8 comes as replacement characters, and no such file can be opened.</summary>
    public static bool IsText(string name) => !name.Contains('\ufffd', StringComparison.Ordinal);

    private void Add(string kind, string path) => _kinds[kind] = _kinds.TryGetValue(kind, out var known)
        ? (known.Count + 1, string.CompareOrdinal(path, known.First) < 0 ? path : known.First)
        : (1, path);
}
