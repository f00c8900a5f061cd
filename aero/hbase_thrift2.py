"""HBase through its second Thrift interface, which takes a timestamp for each cell (the first, happybase's, does not).

Writing a thousand rows of a thousand instants is then one call, not a thousand.

Only the calls that are used here are declared, with the numbers that HBase's `hbase.thrift` gives them.
"""

import io

from thriftpy2.parser import load_fp
from thriftpy2.protocol import TCyBinaryProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.thrift import TClient
from thriftpy2.transport import TCyBufferedTransportFactory

_DECLARED = """
struct TColumn { 1: required binary family, 2: optional binary qualifier, 3: optional i64 timestamp }
struct TColumnValue {
  1: required binary family, 2: required binary qualifier, 3: required binary value, 4: optional i64 timestamp
}
struct TPut { 1: required binary row, 2: required list<TColumnValue> columnValues }
struct TGet { 1: required binary row, 2: optional list<TColumn> columns }
struct TScan { 1: optional binary startRow, 2: optional binary stopRow }
enum TDeleteType { DELETE_COLUMN = 0, DELETE_COLUMNS = 1 }
struct TDelete {
  1: required binary row, 2: optional list<TColumn> columns, 4: optional TDeleteType deleteType
}
struct TResult { 1: optional binary row, 2: required list<TColumnValue> columnValues }
exception TIOError { 1: optional string message }
service THBaseService {
  bool exists(1: required binary table, 2: required TGet get) throws (1: TIOError io)
  list<TResult> getMultiple(1: required binary table, 2: required list<TGet> gets) throws (1: TIOError io)
  list<TResult> getScannerResults(1: required binary table, 2: required TScan scan, 3: optional i32 numRows)
    throws (1: TIOError io)
  list<TDelete> deleteMultiple(1: required binary table, 2: required list<TDelete> deletes) throws (1: TIOError io)
  void putMultiple(1: required binary table, 2: required list<TPut> puts) throws (1: TIOError io)
}
"""
_declared = load_fp(io.StringIO(_DECLARED), "hbase_thrift2_thrift")
TColumn, TColumnValue, TDelete, TDeleteType, TGet, TPut, TResult, TScan = (
    getattr(_declared, name)
    for name in ("TColumn", "TColumnValue", "TDelete", "TDeleteType", "TGet", "TPut", "TResult", "TScan")
)


def connect(host: str, port: int, timeout_milliseconds: int = 30_000) -> TClient:
    """A client with the calls above, to be closed. Raises TException, OSError or EOFError where nobody answers."""
    return make_client(
        _declared.THBaseService,
        host,
        port,
        # Keys and values are bytes, which need not be text.
        proto_factory=TCyBinaryProtocolFactory(decode_response=False),  # type: ignore[no-untyped-call]  # Has no types.
        trans_factory=TCyBufferedTransportFactory(),
        timeout=timeout_milliseconds,
    )
