namespace AdaptCluster.Contracts;

/// <summary>Formats exceptions as reasons for log messages, such as "Could not reach the queue (timeout); retrying in 4 s".</summary>
public static class ReasonText
{
    /// <summary>Returns the exception's message on one line, without its final full stop.</summary>
    public static string Of(Exception error) => error.Message.ReplaceLineEndings(" ").TrimEnd(' ', '.');
}
