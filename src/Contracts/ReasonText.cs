namespace AdaptCluster.Contracts;

/// <summary>Formats errors as reasons in sentences of the log, such as "Could not reach the queue (timeout); retrying in 4 s".</summary>
public static class ReasonText
{
    /// <summary>Returns the error's message on one line, without the full stop at its end.</summary>
    public static string Of(Exception error) => error.Message.ReplaceLineEndings(" ").TrimEnd(' ', '.');
}
