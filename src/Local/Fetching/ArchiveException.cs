namespace AdaptCluster.Local.Fetching;

/// <summary>Thrown for an archive that is damaged or must not be unpacked. The caller decides what happens to the file.</summary>
/// <param name="message">The archive's path and the problem, without a full stop.</param>
/// <param name="inner">The underlying error, if any.</param>
internal sealed class ArchiveException(string message, Exception? inner = null) : Exception(message, inner);
