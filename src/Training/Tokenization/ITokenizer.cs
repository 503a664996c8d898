namespace AdaptCluster.Training.Tokenization;

/// <summary>Turns text into the ids that the text tower reads. Implementations may be called from several threads.</summary>
public interface ITokenizer
{
    /// <summary>Encodes one text: the start id, the text's ids, the end id; no padding.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="Contracts.InvalidInputException">The text has more tokens than the context takes; nothing is cut
    /// silently.</exception>
    int[] Encode(string text);

    /// <summary>Tokens of a text with start and end, however many the context takes.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="Contracts.InvalidInputException">The text is far too long to be read.</exception>
    int Count(string text) => Encode(text).Length;
}
