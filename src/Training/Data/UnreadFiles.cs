using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Collects the files and folders in a data set that are not read, for the notes. Folders are walked only when the notes are enumerated,
/// because a change stamp does not need the notes.
/// </summary>
internal sealed class UnreadFiles
{
    private const int ShownKinds = 5;

    /// <summary>The extensions of photo formats that phones use and that no library used here can decode.</summary>
    private static readonly string[] PhoneFormats = [".heic", ".heif", ".avif"];

    private readonly SortedDictionary<string, (int Count, string First)> _kinds = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _folders = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _nested = new(StringComparer.Ordinal);

    // Keyed by name, because every class may have such a folder.
    private readonly SortedDictionary<string, SortedSet<string>> _systemFolders = new(StringComparer.Ordinal);

    /// <summary>Counts a file under the reason why it is not read.</summary>
    /// <param name="path">The path of the file, which the note shows.</param>
    public void AddFile(string path)
    {
        var name = Path.GetFileName(path);
        var kind = !IsText(name) ? "with names that are not UTF-8"
            : name.StartsWith('.') ? "hidden"
            : Path.GetExtension(name) is { Length: > 0 } extension ? extension.ToLowerInvariant() : "without an extension";
        Add(kind, path);
    }

    /// <summary>Adds a folder inside a class folder. The notes report how many files it contains.</summary>
    /// <param name="path">The folder.</param>
    public void AddNested(string path)
    {
        var name = Path.GetFileName(path);
        // A link may lead out of the data or form a cycle.
        if (IsSystemFolder(name) || !FolderContent.IsWalked(name) || new DirectoryInfo(path).LinkTarget is not null) AddFolder(path);
        else _nested.Add(path);
    }

    /// <summary>Counts an image that is not in a class folder.</summary>
    /// <param name="path">The image.</param>
    /// <param name="where">The text that describes the image's location in the note.</param>
    public void AddStray(string path, string where) => Add(where, path);

    /// <summary>
    /// Adds a folder that is neither a split nor a class. A system folder is reported only if it contains images or is not searched.
    /// </summary>
    public void AddFolder(string path)
    {
        var name = Path.GetFileName(path);
        if (!IsSystemFolder(name)) _folders.Add(path);
        else
        {
            if (!_systemFolders.TryGetValue(name, out var places)) _systemFolders[name] = places = new(StringComparer.Ordinal);
            places.Add(path);
        }
    }

    /// <summary>Returns the notes, each a sentence without a full stop. Every enumeration walks the folders.</summary>
    public IEnumerable<string> Notes()
    {
        var (kinds, unknown) = Counted();
        if (kinds.Count > 0) yield return FilesNote(kinds);
        string[] folders = [.. _folders.Concat(unknown).Order(StringComparer.Ordinal)];
        foreach (var path in folders.Take(ShownKinds))
            yield return $"the folder {QuotedText.Of(path)} is not read: {FolderContent.Of(path)}";
        if (folders.Length > ShownKinds)
        {
            var more = folders[ShownKinds..];
            yield return $"{CountText.Of(more.Length, "more folder is", "more folders are")} not read: "
                + CountText.Of(more.Sum(path => FolderContent.Of(path).Images), "image");
        }
        foreach (var (name, places) in _systemFolders)
            if (SystemFoldersNote(name, places) is { } note) yield return note;
    }

    private (SortedDictionary<string, (int Count, string First)> Kinds, List<string> Unknown) Counted()
    {
        var kinds = new SortedDictionary<string, (int Count, string First)>(_kinds, StringComparer.Ordinal);
        var unknown = new List<string>();
        foreach (var path in _nested)
        {
            try
            {
                foreach (var file in FolderContent.Files(path)) Add(kinds, "in sub-folders", file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The folder's own note gives the reason.
                unknown.Add(path);
            }
        }
        return (kinds, unknown);
    }

    private static string FilesNote(SortedDictionary<string, (int Count, string First)> kinds)
    {
        var largest = kinds.OrderByDescending(kind => kind.Value.Count).ToArray();
        var shown = largest.Take(ShownKinds).Select(kind => FormattableString.Invariant($"{kind.Value.Count:N0} {kind.Key}"));
        var more = largest.Length > ShownKinds ? " and others" : "";
        var example = $"{string.Join(", ", shown)}{more}, such as {QuotedText.Of(largest[0].Value.First)}";
        var phones = kinds.Keys.Where(PhoneFormats.Contains).ToArray();
        var advice = phones.Length == 0 ? ""
            : $"; convert {string.Join(" and ", phones)} files, for example with 'magick mogrify -format jpg *{phones[0]}' in each folder";
        return $"{CountText.Of(kinds.Values.Sum(kind => kind.Count), "file is", "files are")} not read: {example}{advice}";
    }

    private static string? SystemFoldersNote(string name, SortedSet<string> places)
    {
        (string Path, FolderContent Content)[] shown = [.. places.Select(path => (path, FolderContent.Of(path)))
            .Where(place => place.Item2.Images > 0 || !FolderContent.IsWalked(name))];
        if (shown.Length == 0) return null;
        var folders = shown.Length == 1 ? $"the folder {QuotedText.Of(name)} is"
            : $"{CountText.Of(shown.Length, "folder")} {QuotedText.Of(name)} are";
        return FolderContent.IsWalked(name)
            ? $"{folders} not read, because systems and tools create such folders: "
                + new FolderContent(shown.Sum(place => place.Content.Images), shown[0].Content.First, null)
            : $"{folders} skipped (for example {QuotedText.Of(shown[0].Path)}), because systems and tools create such folders";
    }

    /// <summary>Whether a folder's name is one that file managers, operating systems or tools use for their own folders.</summary>
    public static bool IsSystemFolder(string name) => name.StartsWith('.')
        || name is "__MACOSX" or "__pycache__" or "@eaDir" or "#recycle" or "#snapshot" or "lost+found" or "$RECYCLE.BIN"
            or "System Volume Information";

    /// <summary>
    /// Whether a name is valid UTF-8. Invalid bytes appear as replacement characters, and a file with such a name cannot be opened.
    /// </summary>
    public static bool IsText(string name) => !name.Contains('\ufffd', StringComparison.Ordinal);

    private void Add(string kind, string path) => Add(_kinds, kind, path);

    private static void Add(SortedDictionary<string, (int Count, string First)> kinds, string kind, string path) =>
        kinds[kind] = kinds.TryGetValue(kind, out var known)
            ? (known.Count + 1, string.CompareOrdinal(path, known.First) < 0 ? path : known.First)
            : (1, path);
}
