namespace AdaptCluster.Contracts;

/// <summary>
/// A plain value wrapped in its own type, so that the compiler rejects it where another kind of value is expected. It is serialized and
/// printed as the plain value, so older silos and readers of JSON never see the wrapper.
/// </summary>
/// <typeparam name="TSelf">The type that wraps the value.</typeparam>
/// <typeparam name="TValue">The type of the plain value.</typeparam>
public interface IBareValue<TSelf, TValue> where TSelf : struct, IBareValue<TSelf, TValue> where TValue : struct
{
    /// <summary>The plain value.</summary>
    TValue Value { get; }

    /// <summary>Wraps a plain value.</summary>
    static abstract TSelf Of(TValue value);
}
