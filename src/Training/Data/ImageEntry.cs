namespace AdaptCluster.Training.Data;

/// <summary>A folder that contains images of a data set. All image entries for the folder share one object.</summary>
/// <param name="RelativePath">The path relative to the data set's folder, with forward slashes; empty for that folder itself.</param>
/// <param name="RealPath">The real path, with links resolved.</param>
internal sealed record ImageDirectory(string RelativePath, string RealPath);

/// <summary>One image file of a data set.</summary>
/// <param name="Directory">The folder that contains the image or the link to it.</param>
/// <param name="Name">The file name in that folder.</param>
/// <param name="Target">The target file if the name is a link; null for a regular file.</param>
/// <param name="Bytes">The length of the file in bytes.</param>
/// <param name="LastWrite">The time of the last write, in UTC.</param>
/// <param name="Label">The 0-based class label.</param>
internal sealed record ImageEntry(ImageDirectory Directory, string Name, string? Target, long Bytes, DateTime LastWrite, int Label)
{
    /// <summary>The path relative to the data set's folder, with forward slashes.</summary>
    public string RelativePath => Directory.RelativePath.Length == 0 ? Name : $"{Directory.RelativePath}/{Name}";

    /// <summary>The real path, with links resolved.</summary>
    public string RealPath => Target ?? Path.Combine(Directory.RealPath, Name);
}
