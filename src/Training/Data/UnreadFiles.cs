using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Data;

/// <summary>Counts what lies in a data set's folders and is not read, so that a note can say so.</summary>
internal sealed class UnreadFiles
{
    private const int ShownKinds = 5;

    /// <summary>What phones save photos as; no library that the project has decodes them.</summary>
    private static readonly string[] PhoneFormats = [".heic", ".heif", ".avif"];

    private readonly SortedDictionary<string, (int Count, string First)> _kinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FolderContent> _folders = new(StringComparer.Ordinal);

    // By name: each class may have one.
    private readonly SortedDictionary<string, SortedDictionary<string, FolderContent>> _systemFolders = new(StringComparer.Ordinal);

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
        // A link may lead out of the data, or back up.
        if (IsSystemFolder(Path.GetFileName(path)) || new DirectoryInfo(path).LinkTarget is not null)
        {
            AddFolder(path);
            return;
        }
        try
        {
            foreach (var file in Directory.EnumerateFiles(path, "*", FolderContent.Below)) Add("in sub-folders", file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            AddFolder(path);
        }
    }

    /// <summary>Counts an image that lies in no folder of a class.</summary>
    /// <param name="path">The image.</param>
    /// <param name="where">Where it lies, for the note.</param>
    public void AddStray(string path, string where) => Add(where, path);

    /// <summary>Names a folder that is neither a split nor a class, with its images; one of a system only where it has images.</summary>
    public void AddFolder(string path)
    {
        var content = FolderContent.Of(path);
        var name = Path.GetFileName(path);
        if (!IsSystemFolder(name)) _folders[path] = content;
        else if (content.Images > 0)
        {
            if (!_systemFolders.TryGetValue(name, out var places)) _systemFolders[name] = places = new(StringComparer.Ordinal);
            places[path] = content;
        }
    }

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
            yield return $"{CountText.Of(total, "file is", "files are")} not read: {example}{advice}";
        }
        foreach (var (path, content) in _folders.Take(ShownKinds))
            yield return $"the folder {VocabularyFiles.Quote(path)} is not read: {content}";
        if (_folders.Count > ShownKinds)
        {
            var more = _folders.Skip(ShownKinds).ToArray();
            yield return $"{CountText.Of(more.Length, "more folder is", "more folders are")} not read: "
                + CountText.Of(more.Sum(folder => folder.Value.Images), "image");
        }
        foreach (var (name, places) in _systemFolders)
        {
            var content = new FolderContent(places.Values.Sum(place => place.Images), places.First().Value.First, null);
            var folders = places.Count == 1 ? "the folder" : CountText.Of(places.Count, "folder");
            yield return $"{folders} {VocabularyFiles.Quote(name)} {(places.Count == 1 ? "is" : "are")} not read, "
                + $"as systems and tools make them: {content}";
        }
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
