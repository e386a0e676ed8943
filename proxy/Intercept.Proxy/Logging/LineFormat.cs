using System.Buffers;

namespace Intercept.Proxy.Logging;

/// <summary>Writes one record as one line of UTF-8, its newline included. Runs on the writer's thread.</summary>
internal delegate void LineFormat<T>(in T record, ArrayBufferWriter<byte> line);
