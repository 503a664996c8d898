namespace AdaptCluster.Training.Tokenization;

/// <summary>Converts text to the token ids that the text tower reads. Implementations must be thread-safe.</summary>
public interface ITokenizer
{
    /// <summary>Encodes one text as the start id, the text's ids and the end id, without padding.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="Contracts.InvalidInputException">The text has more tokens than the context length; text is never truncated
    /// silently.</exception>
    int[] Encode(string text);

    /// <summary>Counts the tokens of a text, including the start and end tokens, regardless of the context length.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="Contracts.InvalidInputException">The text is far too long to encode.</exception>
    int Count(string text) => Encode(text).Length;
}
