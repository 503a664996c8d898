using System.Text;

namespace AdaptCluster.Training.Files;

/// <summary>Recognizes common mistakes in place of a model's files.</summary>
internal static class SnapshotFile
{
    private const int LookedAt = 200;
    private const string AdapterName = "adapter_config.json";

    /// <summary>
    /// Describes what a file is instead and what to do, to follow the file's name in a message; null if it is not recognized.
    /// </summary>
    /// <param name="bytes">The bytes of the file, or the first of them.</param>
    public static string? Stranger(ReadOnlySpan<byte> bytes) =>
        Stranger(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, LookedAt)]));

    /// <summary>
    /// Describes what a text is instead and what to do, to follow the file's name in a message; null if it is not recognized.
    /// </summary>
    public static string? Stranger(ReadOnlySpan<char> text)
    {
        var start = text[..Math.Min(text.Length, LookedAt)].TrimStart('\ufeff').TrimStart();
        if (start.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            return "is a Git LFS pointer, not the file itself; run 'git lfs pull' in its folder";
        return start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            ? "is an HTML page, not the file itself; download it again, with 'hf download' if it requires a login"
            : null;
    }

    /// <summary>
    /// Describes a file beside the full weights that would change them, and what to do, to follow the folder's path in a message; null if
    /// there is none.
    /// </summary>
    public static string? Addition(string folder) => File.Exists(Path.Combine(folder, AdapterName))
        ? $"contains an adapter ({AdapterName}) beside the full weights, which transformers would load but this program does not; "
            + "merge it into the weights (merge_and_unload) and save those with save_pretrained, or move it away"
        : null;

    /// <summary>Describes what a folder without a CLIP config.json is instead and what to do; null if it is not recognized.</summary>
    public static string? StrangerFolder(string folder)
    {
        bool Has(string name) => File.Exists(Path.Combine(folder, name));
        if (Has(AdapterName))
            return $"contains a PEFT adapter ({AdapterName}); merge it into its base model (merge_and_unload) and save that with "
                + "save_pretrained";
        if (Has("open_clip_config.json"))
            return "contains OpenCLIP's own format (open_clip_config.json); use the Hugging Face CLIPModel of the same weights, or convert "
                + "it with transformers' convert_open_clip_to_hf.py";
        if (Has("model_index.json"))
            return "contains a diffusers pipeline (model_index.json), none of whose parts is a complete CLIP; use the CLIP that it was "
                + "made with";
        return null;
    }
}
