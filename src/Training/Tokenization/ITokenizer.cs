namespace AdaptCluster.Training.Tokenization;

/// <summary>Converts text to token ids for the text tower. Implementations must be thread-safe.</summary>
public interface ITokenizer
{
    /// <summary>Encodes text as the start id, the ids of its tokens and the end id, without padding.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="Contracts.InvalidInputException">The text has more tokens than the context length. Text is never
    /// truncated.</exception>
    int[] Encode(string text);

    /// <summary>Counts the tokens in the given text, including the start and end tokens, regardless of the context length.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="Contracts.InvalidInputException">The text is far too long to encode.</exception>
    int Count(string text) => Encode(text).Length;
}
