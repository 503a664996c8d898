namespace AdaptCluster.Training.Data;

/// <summary>The direct contents of a class folder.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Place">The folder's location.</param>
/// <param name="Images">The images, in ordinal order of their names.</param>
/// <param name="SubFolders">The names of the sub-folders, except those that operating systems and tools create.</param>
internal sealed record ClassFolder(string Name, ImageDirectory Place, List<ImageEntry> Images, List<string> SubFolders);
