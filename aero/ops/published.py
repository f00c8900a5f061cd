"""How many flights the record has: totals that others have counted, to compare what is loaded with.

Sources, all of the reporting family: BTS' own zips as loaded by others who count them by year (202,687,654 rows from
1987-10 to 2021-11, of which 2021 has eleven months), and the files of the 2009 Data Expo (123,534,969 rows to 2008),
which differ from BTS' in three years. Of 2008 the package vega-datasets (flights-airport.csv) counts the same
7,009,728 flights by route, on 5,366 routes.
"""

from dataclasses import dataclass

from aero.month import Month, month_range


@dataclass(frozen=True)
class Total:
    """The rows of some months: `bts` in BTS' zips, `dataexpo` in the Data Expo's files where that is another number."""

    first: Month
    last: Month
    bts: int
    dataexpo: int | None = None

    @property
    def months(self) -> list[Month]:
        return month_range(self.first, self.last)

    @property
    def counts(self) -> tuple[int, ...]:
        """The numbers of which each is right."""
        return (self.bts,) if self.dataexpo is None else (self.bts, self.dataexpo)

    def apart(self, rows: int) -> int:
        """How many rows these are more than the nearest of the counts; 0 where they are as published."""
        return min((rows - count for count in self.counts), key=abs)


def _totals(table: str) -> tuple[Total, ...]:
    rows = (line.split() for line in table.strip().splitlines())
    return tuple(Total(Month.parse(first), Month.parse(last), *map(int, counts)) for first, last, *counts in rows)


TOTALS = _totals("""
  1987-10 1987-12 1311826
  1988-01 1988-12 5202095 5202096
  1989-01 1989-12 5041200
  1990-01 1990-12 5270893
  1991-01 1991-12 5076925
  1992-01 1992-12 5092157
  1993-01 1993-12 5070501
  1994-01 1994-12 5180048
  1995-01 1995-12 5327435
  1995-06 1995-06 439423
  1996-01 1996-12 5351983
  1997-01 1997-12 5411843
  1998-01 1998-12 5384721
  1999-01 1999-12 5527884
  1990-01 1999-12 52694390
  2000-01 2000-12 5683047
  2001-01 2001-12 5967780
  2002-01 2002-12 5271359
  2003-01 2003-12 6488540
  2004-01 2004-12 7129270
  2005-01 2005-12 7140596
  2006-01 2006-12 7141922
  2007-01 2007-12 7455458 7453215
  2008-01 2008-12 7009726 7009728
  2009-01 2009-12 6450285
  2010-01 2010-12 6450117
  2011-01 2011-12 6085281
  2012-01 2012-12 6096762
  2013-01 2013-12 6369482
  2014-01 2014-12 5819811
  2015-01 2015-12 5819079
  2016-01 2016-12 5617658
  2017-01 2017-12 5674621
  2018-01 2018-12 7213446
  2019-01 2019-12 7422037
  2020-01 2020-12 4688354
  2021-01 2021-11 5443512
""")


def of_month(month: Month) -> Total | None:
    """The total of one month, where it is known."""
    return next((total for total in TOTALS if total.first == total.last == month), None)


def of_year(year: int) -> Total | None:
    """The total of a year, or of as many of its months as are known together."""
    return next((one for one in TOTALS if one.first.year == one.last.year == year and one.first != one.last), None)
