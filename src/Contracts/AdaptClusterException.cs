namespace AdaptCluster.Contracts;

/// <summary>
/// The base class of all errors that AdaptCluster reports to the user. The message is one line that says what happened, where (the file,
/// JSON path or option), what was found, and what to write instead.
/// </summary>
/// <param name="message">The message shown to the user.</param>
/// <param name="inner">The underlying error, if any.</param>
[GenerateSerializer, Alias("AdaptClusterException")]
public class AdaptClusterException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the same call may succeed later without any change by the user.</summary>
    public virtual bool IsTransient => false;
}

/// <summary>
/// Thrown when the user's input (spec, model folder, data set, option) cannot be used. The command then exits with code 2.
/// </summary>
/// <param name="message">The message shown to the user.</param>
/// <param name="inner">The underlying error, if any.</param>
[GenerateSerializer, Alias("InvalidInputException")]
public sealed class InvalidInputException(string message, Exception? inner = null) : AdaptClusterException(message, inner);
