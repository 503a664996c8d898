namespace AdaptCluster.Local.Fetching;

/// <summary>An archive that is damaged, or may not be unpacked. Whoever had it unpacked says what becomes of it.</summary>
/// <param name="message">The archive and what is wrong with it, without a full stop.</param>
/// <param name="inner">The error underneath, if any.</param>
internal sealed class ArchiveRefusal(string message, Exception? inner = null) : Exception(message, inner);
