namespace AdaptCluster.Contracts;

/// <summary>
/// A plain value wrapped in a type of its own, so that the compiler rejects it where another kind of value is expected. It is serialized
/// and printed as the plain value: neither older silos nor readers of JSON see the type.
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
